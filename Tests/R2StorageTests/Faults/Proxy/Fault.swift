/// A fault that the proxy injects into one request.
enum Fault: Sendable, Hashable {
    /// A point during a request.
    ///
    /// Fractions refer to the bytes of the head or body.
    enum Place: Sendable, Hashable {
        case beforeRequest
        case inHead(Double)
        case inBody(Double)
        /// After the server's response has arrived at the proxy.
        case beforeResponse
        case inResponseHead(Double)
        case inResponseBody(Double)
        /// After the whole response was sent without announcing the end of the connection.
        case afterResponse
    }

    enum Event: Sendable, Hashable {
        /// The connection is reset (RST).
        case reset
        /// The connection is closed (FIN).
        case close
        /// No bytes pass for a number of milliseconds.
        case pause(Int)
        /// No bytes pass for a number of milliseconds, and then the connection is reset.
        case stall(Int)
    }

    case none
    case at(Place, Event)
    /// A response from the proxy, after it has read the whole body or at once. The server receives nothing.
    case refusal(status: Int, retryAfter: Int?, readsBody: Bool)
    /// An error in a response with status 200. The server may have carried out the request.
    case errorInSuccess(isDone: Bool)
    /// A wrong `Content-Length` header, with its difference from the actual length.
    case wrongLength(Int)
    /// A repeated response.
    case duplicateResponse
    /// A response in small pieces with pauses.
    case drip
}

extension Fault {
    /// A Boolean value that indicates whether the client may not receive the server's response.
    var losesResponse: Bool {
        switch self {
        // After a reset, unlike a close, received bytes may be lost.
        case .at(_, .pause), .at(.afterResponse, .close): false
        case .at(let place, _):
            switch place {
            case .beforeResponse, .inResponseHead, .inResponseBody, .afterResponse: true
            default: false
            }
        // An immediate second response invalidates the first one.
        case .wrongLength, .errorInSuccess(isDone: true), .duplicateResponse: true
        case .none, .refusal, .errorInSuccess(isDone: false), .drip: false
        }
    }
}
