"""obstore: the object_store crate, in Rust."""
import workload_storage as w

import asyncio

import obstore
from obstore.store import S3Store

store = S3Store(
    w.BUCKET, endpoint=w.ENDPOINT, region=w.REGION, access_key_id=w.ACCESS_KEY_ID,
    secret_access_key=w.SECRET_ACCESS_KEY, unsigned_payload=True, virtual_hosted_style_request=False,
    # It takes no root certificate: one of the server's own is accepted unseen.
    client_options={"allow_http": True, "timeout": "600s", "allow_invalid_certificates": w.CA_FILE is not None})


def large():
    if w.WORKLOAD == "upload":
        sized = {"chunk_size": w.PART, "max_concurrency": w.CONCURRENCY} if w.PART else {}
        with open(w.FILE, "rb") as file:
            obstore.put(store, w.KEY, file, use_multipart=True, **sized)
    else:
        # It has no download in ranges of its own: one stream.
        with open(w.FILE, "wb") as file:
            for chunk in obstore.get(store, w.KEY).stream(min_chunk_size=1024 * 1024):
                file.write(chunk)


async def small():
    room = asyncio.Semaphore(w.CONCURRENCY)

    async def one(key):
        async with room:
            if w.WORKLOAD == "put":
                await obstore.put_async(store, key, w.CONTENT, use_multipart=False)
            else:
                answer = await obstore.get_async(store, key)
                assert len(await answer.bytes_async()) == w.SIZE

    await asyncio.gather(*(one(key) for key in w.KEYS))


w.measure(large if w.IS_LARGE else lambda: asyncio.run(small()))
