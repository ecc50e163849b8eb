"""Uploads a file in parts with smart_open, and downloads it again.

usage: smart_open_round_trip.py KEY SENT RECEIVED
"""

import os
import shutil
import sys

import boto3
import smart_open

key, sent, received = sys.argv[1:]
client = boto3.client("s3", endpoint_url=os.environ["R2_ENDPOINT"])
uri = f"s3://{os.environ['R2_BUCKET_NAME']}/{key}"
parameters = {"client": client, "min_part_size": 5 * 1024 * 1024}
with open(sent, "rb") as source, smart_open.open(uri, "wb", transport_params=parameters) as target:
    shutil.copyfileobj(source, target, 1024 * 1024)
with smart_open.open(uri, "rb", transport_params=parameters) as source, open(received, "wb") as target:
    shutil.copyfileobj(source, target)
