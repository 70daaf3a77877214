"""The Flask service of Rounds.

Importing this package puts the `pysqlite3` build of SQLite in the place of the standard module,
before SQLAlchemy or DBOS can import it (docs/decisions/0002-sqlite.md).
"""

from api.store.sqlite_build import use_bundled_sqlite

use_bundled_sqlite()
