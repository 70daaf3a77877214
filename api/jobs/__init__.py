"""Durable background work: one worker process, DBOS behind it, the `plans` table as the truth.

The service never speaks to DBOS: a request inserts a plan with status ``queued`` in its own transaction,
and the worker picks it up (a transactional outbox). So a plan that was promised is never lost between two databases.
"""
