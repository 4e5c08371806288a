"""The simulated providers as a server of their own: `python -m jarvis_ai.simulator --port 9100`."""

from __future__ import annotations

import argparse
import signal
import threading

from jarvis_ai.simulator import Simulator


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jarvis_ai.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9100, help="port to listen on; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same answers")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster than life")
    return parser.parse_args()


def main() -> None:
    """Serve until interrupted."""
    options = arguments()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    simulator = Simulator(seed=options.seed, speed=options.speed)
    with simulator.running(options.port, host=options.host) as address:
        print(f"OpenRouter: {simulator.openrouter_url}")
        print(f"OpenAI:     {simulator.openai_url}")
        print(f"Anthropic:  {simulator.anthropic_url}")
        print(f"Faults:     {address}/admin/faults", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
