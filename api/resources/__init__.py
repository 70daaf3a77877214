"""One flat blueprint a resource; a view calls one use case and returns."""
