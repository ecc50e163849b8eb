internal import HTTPTypes

/// The methods that R2 takes in presigned URLs.
enum PresignMethod {
    case get, head, put, delete

    /// The name, as it is signed.
    @inline(__always)
    var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .put: "PUT"
        case .delete: "DELETE"
        }
    }

    /// The method, as HTTP packages know it.
    @inline(__always)
    var method: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .head: .head
        case .put: .put
        case .delete: .delete
        }
    }
}
