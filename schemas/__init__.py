"""The contract of Rounds: marshmallow schemas of every request and response, and the ledger's columns."""
