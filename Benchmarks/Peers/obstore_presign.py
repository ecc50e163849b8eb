"""obstore: Rust's object_store, called from Python; one key a call, and a list of keys in one call."""
import time
from datetime import timedelta

import obstore
from obstore.store import S3Store

import workload as w

store = S3Store(
    w.BUCKET, endpoint=w.ENDPOINT, region=w.REGION, access_key_id=w.ACCESS_KEY_ID,
    secret_access_key=w.SECRET_ACCESS_KEY, virtual_hosted_style_request=False)
lifetime = timedelta(seconds=w.LIFETIME)
w.measure("obstore", lambda key: obstore.sign(store, "GET", key, lifetime), 30000)

names = w.keys(10000)
start = time.process_time()
obstore.sign(store, "GET", names, lifetime)
w.report("obstore-batch", len(names), time.process_time() - start)
