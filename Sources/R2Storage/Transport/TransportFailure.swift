#if Storage
internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import R2Kit

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#else
internal import Darwin
#endif

/// An error of the HTTP client, translated into an `R2Error`.
struct TransportFailure {
    let error: R2Error
    /// A Boolean value that indicates whether the request certainly didn't reach the server.
    let isUnsent: Bool

    /// Creates a failure by classifying an error of the HTTP client.
    ///
    /// Returns `nil` for a cancellation, and for errors that only pass through the HTTP client.
    init?(_ error: any Error) {
        switch error {
        case let error as R2Error:
            // From the watchdog. The request may have arrived.
            self.init(error, isUnsent: false)
        case let error as HTTPClientError: self.init(error)
        case let error as NIOConnectionError:
            self.init(
                .connectionFailed, "Can't connect to \(error.host), port \(error.port): \(Self.reason(error)).",
                isUnsent: true)
        case let error as NIOSSLError:
            self.init(error)
        case let error as NIOSSLExtraError:
            self.init(.untrustedCertificate, "The server's certificate isn't trusted: \(error).", isUnsent: true)
        case let error as NoFreeConnection:
            self.init(error.error, isUnsent: true)
        case is UnexpectedRedirect:
            self.init(
                .invalidResponse,
                "The HTTP client followed a redirect: create it with R2ClientConfiguration.httpClientConfiguration.",
                isUnsent: false)
        case is HTTPParserError, is NIOHTTPDecoderError:
            // The latter also for bytes that weren't requested, such as a response that is sent twice.
            self.init(.connectionFailed, "The response is incomplete, or isn't HTTP: \(error).", isUnsent: false)
        case let error as IOError:
            let isRefused = error.errnoCode == ECONNREFUSED
            self.init(
                .connectionFailed,
                (isRefused ? "Can't connect: " : Self.broken) + "\(Self.reason(error)).",
                isUnsent: isRefused)
        case is CancellationError, is R2ValidationError, is ObjectBodyError: return nil
        default:
            // Channel and TLS errors, and those of other transports such as HTTP/2 or a system's own.
            self.init(.connectionFailed, Self.broken + "\(error).", isUnsent: false)
        }
    }

    private init(_ error: R2Error, isUnsent: Bool) {
        self.error = error
        self.isUnsent = isUnsent
    }

    private init(_ code: R2Error.Code, _ message: String, isUnsent: Bool) {
        self.init(R2Error(code, message), isUnsent: isUnsent)
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .socksHandshakeTimeout,
            .httpProxyHandshakeTimeout:
            self.init(.timedOut, "Connecting timed out: \(error.shortDescription).", isUnsent: true)
        case .readTimeout, .writeTimeout, .deadlineExceeded:
            self.init(.timedOut, "The HTTP client timed out: \(error.shortDescription).", isUnsent: false)
        case .proxyAuthenticationRequired:
            self.init(
                .proxyRefused, "The proxy refused the user or the password: check the proxy's settings.", isUnsent: true
            )
        case .invalidProxyResponse:
            self.init(.proxyRefused, "The proxy refused to connect to the endpoint, or isn't a proxy.", isUnsent: true)
        case .alreadyShutdown:
            self.init(.clientShutDown, "The HTTP client has been shut down.", isUnsent: true)
        default:
            self.init(.connectionFailed, Self.broken + "\(error.shortDescription).", isUnsent: false)
        }
    }

    private init(_ error: NIOSSLError) {
        if "\(error)".contains("CERTIFICATE_VERIFY_FAILED") {
            self.init(
                .untrustedCertificate,
                "The server's certificate isn't trusted: check the endpoint, this machine's clock and its root "
                    + "certificates.", isUnsent: true)
        } else if case .handshakeFailed = error {
            self.init(.connectionFailed, "The TLS handshake failed: \(Self.reason(error)).", isUnsent: true)
        } else {
            self.init(.connectionFailed, "The TLS connection broke: \(Self.reason(error)).", isUnsent: false)
        }
    }

    private static let broken = "The connection broke: "

    /// Returns the system's description of an error number.
    private static func reason(_ error: IOError) -> String { String(cString: strerror(error.errnoCode)) }

    /// Returns the reason why no address of a host accepted a connection.
    private static func reason(_ error: NIOConnectionError) -> String {
        guard let failure = error.connectionErrors.first else { return "the host name can't be resolved" }
        if let error = failure.error as? IOError { return reason(error) }
        return "\(failure.error)"
    }

    /// Returns the TLS library's name for the reason, without the place in the library where it occurred.
    private static func reason(_ error: NIOSSLError) -> String {
        let text = "\(error)"
        guard let start = text.firstRange(of: "OPENSSL_internal:")?.upperBound else { return text }
        let name = text[start...].prefix { $0 != " " && $0 != "]" && $0 != ")" }
        return name == "WRONG_VERSION_NUMBER"
            ? "the server doesn't speak TLS, check whether the endpoint should start with http://" : String(name)
    }
}

/// A redirect that the HTTP client followed although it must not.
struct UnexpectedRedirect: Error {}
#endif
