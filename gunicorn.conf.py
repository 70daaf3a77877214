"""How gunicorn serves Rounds: two workers of four threads; everything else has gunicorn's default."""

import os
import shutil
from pathlib import Path

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 15
keepalive = 15
accesslog = None  # the service writes its own line per request, without paths or addresses
control_socket_disable = True  # it would lie under the home folder, shared by every service of that user

_metrics = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", "var/metrics"))


def on_starting(server):
    """Wipe the metrics of earlier processes: prometheus-client would add them up for ever."""
    shutil.rmtree(_metrics, ignore_errors=True)
    _metrics.mkdir(parents=True, exist_ok=True)


def post_fork(server, worker):
    """Give each worker database connections of its own."""
    from wsgi import app

    app.extensions["store"].dispose()


def child_exit(server, worker):
    """Let the metrics of a worker that ended be cleaned up."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
