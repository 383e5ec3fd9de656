from .sqlite import use_fixed_sqlite

# Here, because this runs before Django first imports sqlite3.
use_fixed_sqlite()
