"""Uploads a file in parts with minio-py, and downloads it again.

usage: minio_round_trip.py KEY SENT RECEIVED
"""

import os
import sys
import urllib.parse

import minio

key, sent, received = sys.argv[1:]
client = minio.Minio(
    urllib.parse.urlsplit(os.environ["R2_ENDPOINT"]).netloc,
    access_key=os.environ["R2_ACCESS_KEY_ID"],
    secret_key=os.environ["R2_SECRET_ACCESS_KEY"],
    region="auto",
    secure=False,
)
bucket = os.environ["R2_BUCKET_NAME"]
client.fput_object(bucket, key, sent, part_size=5 * 1024 * 1024)
client.fget_object(bucket, key, received)
