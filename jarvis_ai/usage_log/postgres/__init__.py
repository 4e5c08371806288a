"""The usage log on a PostgreSQL server: the same tables, the same questions, several machines."""
