"""What the peers of Scripts/benchmark-storage share: arguments, account, measuring.

Each driver is run as `upload|download NAME KEY FILE [PART-BYTES CONCURRENCY]` or
`put|get NAME PREFIX COUNT BYTES CONCURRENCY`, and prints `NAME SECONDS CPU-SECONDS PEAK-MIB`.
"""
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

ENDPOINT = os.environ["R2_ENDPOINT"]
ACCESS_KEY_ID = os.environ["R2_ACCESS_KEY_ID"]
SECRET_ACCESS_KEY = os.environ["R2_SECRET_ACCESS_KEY"]
BUCKET = os.environ["R2_BUCKET_NAME"]
REGION = os.environ.get("R2_REGION", "auto")
# Whom to trust, if the server is asked over TLS.
CA_FILE = os.environ.get("R2_CA_FILE")

WORKLOAD, NAME = sys.argv[1:3]
IS_LARGE = WORKLOAD in ("upload", "download")
if IS_LARGE:
    KEY, FILE = sys.argv[3:5]
    PART, CONCURRENCY = map(int, sys.argv[5:7]) if len(sys.argv) > 5 else (None, None)
else:
    PREFIX = sys.argv[3]
    COUNT, SIZE, CONCURRENCY = map(int, sys.argv[4:7])
    CONTENT = b"Z" * SIZE
    KEYS = [f"{PREFIX}/{index}" for index in range(COUNT)]


def measure(work):
    """Measures what `work` takes, without what it took to get there."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    work()
    elapsed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(NAME, elapsed, processor, after.ru_maxrss // 1024)


def in_threads(work):
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        for _ in pool.map(work, KEYS):
            pass
