/// What goes wrong with one request on its way.
enum Fault: Sendable, Hashable {
    /// A place in the course of a request; fractions are of the bytes of the head or body.
    enum Place: Sendable, Hashable {
        case beforeRequest
        case inHead(Double)
        case inBody(Double)
        /// The server has done its work, and its answer is there.
        case beforeAnswer
        case inAnswerHead(Double)
        case inAnswerBody(Double)
        /// The whole answer has gone out, and said nothing of the connection's end.
        case afterAnswer
    }

    enum Event: Sendable, Hashable {
        /// The connection is reset (RST).
        case reset
        /// The connection is closed (FIN).
        case close
        /// Nothing moves for so many milliseconds.
        case pause(Int)
        /// Nothing moves for so many milliseconds, then the connection is reset.
        case stall(Int)
    }

    case none
    case at(Place, Event)
    /// An answer of the proxy's own, after the whole body has been read or at once; the server sees nothing.
    case refusal(status: Int, retryAfter: Int?, readsBody: Bool)
    /// An error in an answer of status 200, though the server may have done the work.
    case errorInSuccess(isDone: Bool)
    /// The answer's `Content-Length` is off by so much.
    case wrongLength(Int)
    /// The answer is there twice.
    case duplicateAnswer
    /// The answer comes in small pieces, with pauses.
    case drip
}

extension Fault {
    /// Whether the server's answer may not get through.
    var losesAnswer: Bool {
        switch self {
        // After a reset, unlike a close, what has arrived may not be read any more.
        case .at(_, .pause), .at(.afterAnswer, .close): false
        case .at(let place, _):
            switch place {
            case .beforeAnswer, .inAnswerHead, .inAnswerBody, .afterAnswer: true
            default: false
            }
        // A second answer that comes at once spoils the first.
        case .wrongLength, .errorInSuccess(isDone: true), .duplicateAnswer: true
        case .none, .refusal, .errorInSuccess(isDone: false), .drip: false
        }
    }
}
