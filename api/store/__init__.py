"""Where things are kept: engine, models, queries, migrations."""
