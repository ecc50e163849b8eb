import HTTPTypes
import R2Kit

/// An operation that creates a bucket, which apps don't need.
struct CreateBucket: R2Operation {
    static let name = "CreateBucket"

    func request() throws(R2ValidationError) -> R2OperationRequest { R2OperationRequest(method: .put) }

    func output(from response: R2Response) throws(R2Error) {
        guard (200..<300).contains(response.status) else {
            throw R2Error(.invalidResponse, "The bucket wasn't created.", status: response.status)
        }
    }
}
