#if Emulator
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension ObjectStore {
    /// Returns the CORS rules of a bucket, or `nil` if it has none.
    func corsRules(of bucket: String) throws(Refusal) -> CORSRules? {
        try read(bucket) { $0.cors }.map { document throws(Refusal) in try CORSRules(document) }
    }
}

extension RequestHandler {
    /// Responds to a preflight request, which needs no signature.
    ///
    /// That of a presigned URL is checked as far as possible, and so is the permission to send the announced request.
    func preflight(
        _ request: EmulatorRequest, _ address: RequestAddress, at date: Date
    ) throws(Refusal) -> EmulatorResponse {
        let preflight = try PreflightRequest(request)
        let caller = try authenticator.authenticatePreflight(request, for: preflight.method, at: date)
        let announced = EmulatorRequest(method: preflight.method, target: request.target, headers: request.headers)
        if let caller, let operation = try? Router.route(announced, address, settings.behavior) {
            try operation.checkPermission(of: caller, announced, address)
        }
        let rules = address.bucket.flatMap { try? store.corsRules(of: $0) }
        return EmulatorResponse(status: PreflightRequest.allowedStatus, headers: try preflight.response(by: rules))
    }

    /// Adds the headers that let a page read a response.
    func addCORSHeaders(to response: inout EmulatorResponse, for request: EmulatorRequest, _ bucket: String?) {
        guard let bucket, request.method != "OPTIONS", request.header("origin") != nil,
            let rules = try? store.corsRules(of: bucket)
        else { return }
        response.headers += rules.headers(for: request, status: response.status)
    }
}
#endif
