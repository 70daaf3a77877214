"""Everything that people put in comes out: tables of what is stored, for those who may read them."""
