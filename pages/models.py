"""What can be asked, what it costs, and what became of names that are gone."""

from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import streamlit as st

from jarvis_ai.catalog import Model
from jarvis_ai.catalog.aliases import SUCCESSORS
from jarvis_ai.console import formats
from jarvis_ai.console.advice import next_move, said
from jarvis_ai.console.formats import literal
from jarvis_ai.console.resources import runtime
from jarvis_ai.console.rows import CLICKABLE, open_clicked
from jarvis_ai.console.scopes import HISTORY
from jarvis_ai.console.windows import key
from jarvis_ai.errors import ProviderError

MILLION = 1_000_000
COLUMNS = {
    "model": st.column_config.TextColumn("Model", width="medium", pinned=True),
    "name": st.column_config.TextColumn("Name", width="medium"),
    "input": st.column_config.NumberColumn("In ($/M tokens)", format="$%.3f", help="US dollars a million input tokens"),
    "output": st.column_config.NumberColumn(
        "Out ($/M tokens)", format="$%.3f", help="US dollars a million output tokens"
    ),
    "context": st.column_config.NumberColumn("Context (tokens)", format="localized"),
    "longest": st.column_config.NumberColumn("Longest answer (tokens)", format="localized"),
    "created": st.column_config.DateColumn("Created", format="YYYY-MM-DD"),
    "expires": st.column_config.TextColumn("Switched off", help="The day after which nobody answers to this name"),
    "parameters": st.column_config.ListColumn("Parameters"),
}
ENDPOINTS = {"Context (tokens)": st.column_config.NumberColumn(format="localized")}
catalog = runtime().catalog


def per_million(price: Decimal | None) -> float | None:
    """Dollars for a million tokens; None when the price varies or nobody says."""
    return None if price is None else float(price * MILLION)


def table(models: list[Model]) -> pd.DataFrame:
    """One row a model."""
    return pd.DataFrame(
        [
            {
                "model": model.id,
                "name": model.name,
                "input": per_million(model.input_price),
                "output": per_million(model.output_price),
                "context": model.context_length,
                "longest": model.max_output_tokens,
                "created": datetime.fromtimestamp(model.created, UTC).date() if model.created else None,
                "expires": model.expires or "",
                "parameters": sorted(model.supported_parameters),
            }
            for model in models
        ],
        columns=list(COLUMNS),
    )


def price(value: Decimal | None) -> str:
    """A price with its unit, as Markdown."""
    return "unknown" if value is None else literal(f"{formats.dollars(per_million(value))} a million tokens")


def tokens(count: int | None) -> str:
    """A length in tokens."""
    return "unknown" if count is None else f"{count:,} tokens"


def details(model: Model) -> None:
    """Everything that the catalogue says about one model."""
    st.subheader(literal(model.name))
    st.code(model.id, language=None)
    if model.expires:
        st.warning(f"It is switched off on {model.expires}.", icon=":material/event_busy:")
    facts = {
        "Input": price(model.input_price),
        "Output": price(model.output_price),
        "Cached input": price(model.cache_read_price),
        "Cache writes": price(model.cache_write_price),
        "Context": tokens(model.context_length),
        "Longest answer": tokens(model.max_output_tokens),
        "Takes and gives": literal(model.modality or "unknown"),
        "Created": f"{datetime.fromtimestamp(model.created, UTC):%d %b %Y}" if model.created else "unknown",
        "Moderated": "yes" if model.is_moderated else "no",
        "Parameters": literal(", ".join(sorted(model.supported_parameters)) or "unknown"),
    }
    st.table(facts, border="horizontal", width="content")
    if model.description:
        st.markdown(literal(model.description))
    if model.id in runtime().analytics.filter_values().models:
        query = {key("history", "model"): [model.id], key("history", "period"): "90d"}
        st.page_link(HISTORY, label="Open its requests", icon=":material/arrow_forward:", query_params=query)


def endpoints(model_id: str) -> None:
    """Who runs the model behind OpenRouter, asked on demand: it is a call to OpenRouter, though a free one."""
    if not st.button("Who runs it", icon=":material/dns:", key="models_endpoints"):
        return
    try:
        found = runtime().call(runtime().endpoints, model_id).get("endpoints") or []
    except ProviderError as exc:
        st.warning(
            f"**OpenRouter did not say who runs it.** {said(exc.failure)} {next_move(exc.failure.kind)}",
            icon=":material/cloud_off:",
        )
        return
    rows = [
        {
            "Provider": endpoint.get("provider_name"),
            "Context (tokens)": endpoint.get("context_length"),
            "Quantization": endpoint.get("quantization"),
            "Up in 30 minutes (%)": endpoint.get("uptime_last_30m"),
        }
        for endpoint in found
    ]
    st.dataframe(rows, hide_index=True, placeholder="unknown", key="models_endpoint_rows", column_config=ENDPOINTS,
                 alt=f"{len(rows)} endpoints run {model_id}")  # fmt: skip


if chosen := st.query_params.get("id"):
    st.button("All models", icon=":material/arrow_back:", key="models_back", type="tertiary",
              on_click=st.query_params.pop, args=("id",))  # fmt: skip
    resolved = catalog.resolve(chosen)
    if resolved.note:
        st.info(literal(resolved.note), icon=":material/info:")
    if resolved.model:
        details(resolved.model)
        endpoints(resolved.model.id)
    st.stop()

search = st.text_input("Search", key="models_search", type="search", bind="query-params", live=True,
                       placeholder="A name, a vendor or a parameter, also one that is retired")  # fmt: skip
wanted = (search or "").strip().lower()
found = [
    model
    for model in catalog
    if wanted in f"{model.id} {model.name} {model.canonical_slug} {' '.join(model.supported_parameters)}".lower()
]
retired = [name for name in SUCCESSORS if wanted in name and catalog.find(name) is None]

if wanted and retired:
    st.info("  \n".join(literal(catalog.resolve(name).note) for name in retired), icon=":material/history:")
if not len(catalog):
    st.caption("The catalogue could not be read yet. It is asked for again every few minutes.")
    st.page_link("health.py", label="Open Health", icon=":material/arrow_forward:")
elif not found:
    near = catalog.suggest(wanted)
    st.caption(literal(f"No model matches “{search}”." + (" Did you mean one of these?" if near else "")))
    for name in near:
        st.page_link("models.py", label=name, icon=":material/arrow_forward:", query_params={"id": name})
else:
    rows = table(found)
    st.caption(f"{len(rows):,} of {len(catalog):,} models. Click on one to open it; click on a heading to sort.")
    st.dataframe(
        rows,
        key="models_rows",
        hide_index=True,
        column_config=COLUMNS,
        placeholder="unknown",
        height=560,
        on_select=lambda: open_clicked("models_rows", "id", [model.id for model in found]),
        selection_mode=CLICKABLE,
        alt=f"{len(rows)} models with price and context",
    )

if not wanted and retired:
    with st.expander("Retired names", icon=":material/history:"):
        for name in retired:
            st.markdown(literal(catalog.resolve(name).note))
