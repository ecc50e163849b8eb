import Crypto

/// HMAC-SHA256 under one key, with the key's own blocks hashed beforehand.
///
/// Authenticating copies two hash states, which costs a quarter of starting from the key. The states are public
/// swift-crypto values; swift-crypto clears them from memory when they go.
///
/// Source: RFC 2104.
struct KeyedHash: Sendable {
    private var inner: SHA256
    private let outer: SHA256

    init(key: some Sequence<UInt8>) {
        var block = Array(key)
        if block.count > 64 { block = SHA256.hash(data: block).withUnsafeBytes { Array($0) } }
        block.append(contentsOf: repeatElement(0, count: 64 - block.count))
        var inner = SHA256()
        inner.update(data: block.map { $0 ^ 0x36 })
        var outer = SHA256()
        outer.update(data: block.map { $0 ^ 0x5C })
        self.inner = inner
        self.outer = outer
    }

    /// The same key after `prefix` has gone in: what is authenticated next is `prefix` and then the rest.
    func absorbing(_ prefix: [UInt8]) -> KeyedHash {
        var copy = self
        copy.inner.update(data: prefix)
        return copy
    }

    @inline(__always)
    func authenticate(_ bytes: UnsafeRawBufferPointer) -> SHA256Digest {
        var inner = inner
        inner.update(bufferPointer: bytes)
        let digest = inner.finalize()
        var outer = outer
        digest.withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize()
    }

    func authenticate(_ bytes: [UInt8]) -> SHA256Digest {
        bytes.withUnsafeBytes { authenticate($0) }
    }
}
