#if Storage
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#else
internal import Darwin
#endif

/// Why there is no connection, or no longer, in words for people.
enum ConnectionProblem {
    /// Whether a connection was refused, so that nothing was sent on it.
    static func isRefusal(_ error: IOError) -> Bool { error.errnoCode == ECONNREFUSED }

    /// What the system says of an error of input or output.
    static func reason(_ error: IOError) -> String { R2FileError.reason(error.errnoCode) }

    /// Why no address of a host could be connected to.
    static func reason(_ error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first {
            if let error = failure.error as? IOError { return reason(error) }
            return "\(failure.error)"
        }
        return "the host's name cannot be resolved"
    }

    /// Why there is no TLS: the library's name of the reason, without where in the library it arose.
    static func reason(_ error: NIOSSLError) -> String {
        let text = "\(error)"
        let marker = "OPENSSL_internal:"
        guard let start = text.firstRange(of: marker)?.upperBound else { return text }
        let name = text[start...].prefix { $0 != " " && $0 != "]" && $0 != ")" }
        if name == "WRONG_VERSION_NUMBER" {
            return "what answers there does not speak TLS; is its address one with http://?"
        }
        return String(name)
    }
}
#endif
