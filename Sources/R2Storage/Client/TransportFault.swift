#if Storage
internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
public import R2Kit

extension R2Error.Code {
    /// The server's certificate is none that this machine trusts.
    public static let untrustedCertificate = Self("UntrustedCertificate")
    /// The client is shutting down, or has been shut down.
    public static let clientShutDown = Self("ClientShutDown")
}

/// What the HTTP client throws, in R2's terms.
struct TransportFault {
    let error: R2Error
    /// Whether the request is known not to have reached the server.
    let isUnsent: Bool

    /// Classifies an error of the HTTP client's; `nil` for a cancellation, and for what only passes through it.
    init?(_ error: any Error) {
        switch error {
        case let error as R2Error:
            // The watchdog's: the request may have arrived.
            self.init(error, isUnsent: false)
        case let error as HTTPClientError: self.init(error)
        case let error as NIOConnectionError:
            let place = "\(error.host), port \(error.port)"
            let reason = ConnectionProblem.reason(error)
            self.init(R2Error(.connectionFailed, "no connection to \(place): \(reason)"), isUnsent: true)
        case let error as NIOSSLError:
            self.init(error)
        case let error as NIOSSLExtraError:
            self.init(R2Error(.untrustedCertificate, "\(error)"), isUnsent: true)
        case is Redirected:
            self.init(
                R2Error(
                    .invalidResponse,
                    "the HTTP client followed a redirect: make it with HTTPClient.Configuration.r2"), isUnsent: false)
        case is HTTPParserError, is NIOHTTPDecoderError:
            // The latter for bytes that nobody asked for, such as an answer that is there twice.
            self.init(R2Error(.connectionFailed, "the answer is cut off, or is no HTTP: \(error)"), isUnsent: false)
        case let error as IOError:
            let reason = ConnectionProblem.reason(error)
            if ConnectionProblem.isRefusal(error) {
                self.init(R2Error(.connectionFailed, "no connection: \(reason)"), isUnsent: true)
            } else {
                self.init(R2Error(.connectionFailed, "the connection broke: \(reason)"), isUnsent: false)
            }
        case is ChannelError, is BoringSSLError, is NIOTooManyBytesError:
            self.init(R2Error(.connectionFailed, "the connection broke: \(error)"), isUnsent: false)
        case is CancellationError, is R2KitError, is ContentFault: return nil
        default:
            // Other transports, such as HTTP/2 or a system's own, have errors of their own.
            self.init(R2Error(.connectionFailed, "the connection broke: \(error)"), isUnsent: false)
        }
    }

    private init(_ error: R2Error, isUnsent: Bool) {
        self.error = error
        self.isUnsent = isUnsent
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .socksHandshakeTimeout,
            .httpProxyHandshakeTimeout:
            self.init(R2Error(.timedOut, "there was no connection in time: \(error.shortDescription)"), isUnsent: true)
        case .readTimeout, .writeTimeout, .deadlineExceeded:
            self.init(R2Error(.timedOut, "the HTTP client gave up: \(error.shortDescription)"), isUnsent: false)
        case .alreadyShutdown:
            self.init(R2Error(.clientShutDown, "the HTTP client has been shut down"), isUnsent: true)
        default:
            self.init(R2Error(.connectionFailed, "the connection broke: \(error.shortDescription)"), isUnsent: false)
        }
    }

    private init(_ error: NIOSSLError) {
        if "\(error)".contains("CERTIFICATE_VERIFY_FAILED") {
            self.init(
                R2Error(
                    .untrustedCertificate,
                    "the server's certificate is not trusted: check the endpoint, this machine's clock and its root "
                        + "certificates"), isUnsent: true)
        } else {
            let reason = ConnectionProblem.reason(error)
            if case .handshakeFailed = error {
                self.init(R2Error(.connectionFailed, "no TLS connection: \(reason)"), isUnsent: true)
            } else {
                self.init(R2Error(.connectionFailed, "the TLS connection broke: \(reason)"), isUnsent: false)
            }
        }
    }
}
#endif
