"""The sample county: invented people, villages and debts, alike in kind to real ones and tied to none."""
