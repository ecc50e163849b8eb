#if Storage
import Crypto
import NIOSSL

/// A new self-signed certificate for a host name.
struct TestCertificate {
    private let key: P256.Signing.PrivateKey
    let certificate: NIOSSLCertificate

    init(host: String) throws {
        key = P256.Signing.PrivateKey()
        certificate = try NIOSSLCertificate(bytes: Self.bytes(host, key), format: .der)
    }

    /// Returns the TLS context of a server.
    func serverContext() throws -> NIOSSLContext {
        let key = try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
    }

    /// The certificate in DER, as defined by RFC 5280.
    private static func bytes(_ host: String, _ key: P256.Signing.PrivateKey) throws -> [UInt8] {
        let algorithm = sequence([0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02])
        let commonName = sequence([0x06, 0x03, 0x55, 0x04, 0x03] + element(0x0C, Array(host.utf8)))
        let name = sequence(element(0x31, commonName))
        let validity = sequence(
            element(0x17, Array("200101000000Z".utf8)) + element(0x17, Array("491231235959Z".utf8)))
        let isAuthority = sequence(
            [0x06, 0x03, 0x55, 0x1D, 0x13, 0x01, 0x01, 0xFF]
                + element(0x04, sequence([0x01, 0x01, 0xFF])))
        let names = sequence(
            [0x06, 0x03, 0x55, 0x1D, 0x11]
                + element(0x04, sequence(element(0x82, Array(host.utf8)))))
        let version: [UInt8] = element(0xA0, [0x02, 0x01, 0x02])
        let serial: [UInt8] = [0x02, 0x01, 0x01]
        let content = sequence(
            version + serial + algorithm + name + validity + name + Array(key.publicKey.derRepresentation)
                + element(0xA3, sequence(isAuthority + names)))
        let signature = try key.signature(for: content).derRepresentation
        return sequence(content + algorithm + element(0x03, [0] + Array(signature)))
    }

    private static func sequence(_ content: [UInt8]) -> [UInt8] { element(0x30, content) }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length: [UInt8] =
            switch content.count {
            case ..<128: [UInt8(content.count)]
            case ..<256: [0x81, UInt8(content.count)]
            default: [0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
            }
        return [tag] + length + content
    }
}
#endif
