"""The workload that every peer signs: see Docs/performance.md.

Each driver calls `measure(name, sign, count)`. It prints `NAME URLS-A-SECOND`, of processor time, which leaves out
the time that the process waits for a core.
"""
import sys
import time
import uuid

ACCOUNT = "0123456789abcdef" * 2
HOST = f"{ACCOUNT}.r2.cloudflarestorage.com"
ENDPOINT = f"https://{HOST}"
ACCESS_KEY_ID = ACCOUNT
SECRET_ACCESS_KEY = "0123456789abcdef" * 4
BUCKET = "media-bucket"
REGION = "auto"
LIFETIME = 3600
CONTENT_TYPE = "video/mp4"
IS_UPLOAD = "w2" in sys.argv


def keys(count):
    return [f"videos/{uuid.uuid4()}/master.mp4" for _ in range(count)]


def report(name, count, seconds):
    print(f"{name}/{'w2' if IS_UPLOAD else 'w1'} {count / seconds:.0f}")


def measure(name, sign, count):
    names = keys(count)
    sign(names[0])
    start = time.process_time()
    for key in names:
        sign(key)
    report(name, count, time.process_time() - start)
