"""minio: presigned_get_object. It signs no header but host, so it has no upload workload."""
from datetime import timedelta

from minio import Minio

import workload as w

client = Minio(endpoint=w.HOST, access_key=w.ACCESS_KEY_ID, secret_key=w.SECRET_ACCESS_KEY, region=w.REGION)
lifetime = timedelta(seconds=w.LIFETIME)
w.measure("minio", lambda key: client.presigned_get_object(bucket_name=w.BUCKET, object_name=key, expires=lifetime), 8000)
