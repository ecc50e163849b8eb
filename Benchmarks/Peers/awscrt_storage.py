"""awscrt: the S3 client of the AWS Common Runtime, in C."""
import workload_storage as w

import io
import threading
from urllib.parse import urlsplit

from awscrt.auth import AwsCredentialsProvider, AwsSignatureType, AwsSignedBodyValue, AwsSigningAlgorithm
from awscrt.auth import AwsSigningConfig
from awscrt.http import HttpHeaders, HttpRequest
from awscrt.io import ClientBootstrap, ClientTlsContext, DefaultHostResolver, EventLoopGroup, TlsContextOptions
from awscrt.s3 import S3Client, S3RequestTlsMode, S3RequestType

group = EventLoopGroup()
bootstrap = ClientBootstrap(group, DefaultHostResolver(group))
signing = AwsSigningConfig(
    algorithm=AwsSigningAlgorithm.V4, signature_type=AwsSignatureType.HTTP_REQUEST_HEADERS,
    credentials_provider=AwsCredentialsProvider.new_static(w.ACCESS_KEY_ID, w.SECRET_ACCESS_KEY), region=w.REGION,
    service="s3", signed_body_value=AwsSignedBodyValue.UNSIGNED_PAYLOAD, use_double_uri_encode=False,
    should_normalize_uri_path=False)
tls = None
if w.CA_FILE:
    options = TlsContextOptions()
    options.override_default_trust_store_from_path(None, w.CA_FILE)
    tls = ClientTlsContext(options).new_connection_options()
client = S3Client(
    bootstrap=bootstrap, region=w.REGION, signing_config=signing, tls_connection_options=tls,
    tls_mode=S3RequestTlsMode.ENABLED if tls else S3RequestTlsMode.DISABLED,
    part_size=w.PART if w.IS_LARGE else None)
limits = {"max_active_connections_override": w.CONCURRENCY} if w.CONCURRENCY else {}
host = urlsplit(w.ENDPOINT).netloc


def request(method, key, kind, length=None, body=None, **options):
    headers = HttpHeaders([("host", host)])
    if length is not None:
        headers.add("content-length", str(length))
        headers.add("content-type", "application/octet-stream")
    message = HttpRequest(method, f"/{w.BUCKET}/{key}", headers, body)
    return client.make_request(request=message, type=kind, **limits, **options).finished_future


def large():
    if w.WORKLOAD == "upload":
        import os
        length = os.path.getsize(w.FILE)
        request("PUT", w.KEY, S3RequestType.PUT_OBJECT, length, send_filepath=w.FILE).result()
    else:
        request("GET", w.KEY, S3RequestType.GET_OBJECT, recv_filepath=w.FILE).result()


def small():
    room = threading.Semaphore(w.CONCURRENCY)
    futures = []
    for key in w.KEYS:
        room.acquire()
        if w.WORKLOAD == "put":
            future = request("PUT", key, S3RequestType.PUT_OBJECT, w.SIZE, io.BytesIO(w.CONTENT))
        else:
            chunks = []
            future = request(
                "GET", key, S3RequestType.GET_OBJECT, on_body=lambda chunk, chunks=chunks, **_: chunks.append(chunk))
        future.add_done_callback(lambda _: room.release())
        futures.append(future)
    for future in futures:
        future.result()


w.measure(large if w.IS_LARGE else small)
