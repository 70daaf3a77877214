"""What Rounds does, an imperative verb each. Only these modules open transactions."""
