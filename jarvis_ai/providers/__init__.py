"""One vendor a file, behind one method. Only `transport.py` knows whose sockets are used."""
