import HTTPTypes
import R2Kit

/// Makes the bucket: an operation that applications have no use for.
struct CreateBucket: R2Operation {
    static let name = "CreateBucket"

    func request() throws(R2ValidationError) -> R2OperationRequest { R2OperationRequest(method: .put) }

    func output(from response: R2Response) throws(R2Error) {
        guard (200..<300).contains(response.status) else {
            throw R2Error(.invalidResponse, "the bucket was not made", status: response.status)
        }
    }
}
