#if Emulator
internal import Hummingbird
internal import R2Kit

/// Responds to the requests of a public origin.
struct PublicOriginHandler: Sendable {
    private let bucket: String
    private let rule: R2Emulator.PublicOrigin.TokenRule?
    private let signer: EdgeTokenSigner?
    private let store: ObjectStore
    private let behavior: R2Emulator.Behavior

    init(_ origin: R2Emulator.PublicOrigin, _ store: ObjectStore) throws(R2ValidationError) {
        bucket = origin.bucket
        rule = origin.tokenRule
        signer = try origin.tokenRule.map { rule throws(R2ValidationError) in
            try EdgeTokenSigner(
                secret: rule.secret, encoding: rule.isURLSafe ? .urlSafe : .standard, parameter: rule.parameter)
        }
        self.store = store
        behavior = store.behavior
    }

    func respond(to incoming: Request) async throws -> Response {
        let request = EmulatorRequest(incoming)
        var response: EmulatorResponse
        do {
            response = try self.response(to: request)
        } catch {
            response = Self.page(error)
        }
        if let rules = try? store.corsRules(of: bucket) {
            response.headers += rules.headers(for: request, status: response.status)
        }
        if request.method == "HEAD" { response.removeBody() }
        return try await response.httpResponse()
    }

    private func response(to request: EmulatorRequest) throws(Refusal) -> EmulatorResponse {
        guard request.target.utf8.count <= RequestHandler.maximumTargetLength else {
            throw Refusal(status: 414, code: "URI Too Long", message: "")
        }
        // The rule comes before everything else, also before the cache.
        guard isAllowed(request) else { throw Refusal(status: 403, code: "Forbidden", message: "") }
        // R2 (documented): GET and HEAD only. Unsettled: the status of others.
        guard ["GET", "HEAD"].contains(request.method) else {
            throw Refusal(status: 401, code: "Unauthorized", message: "")
        }
        let path = String(Substring(request.rawPath.utf8.dropFirst()))
        guard let key = try? RequestAddress.decodedKey(path), let object = try? store.object(key, in: bucket),
            object.properties.customerKeyMD5 == nil
        else { throw Refusal(status: 404, code: "Not Found", message: "Object not found") }

        var response = EmulatorResponse(headers: object.validators + object.storedHeaders)
        switch Conditions(request, behavior: behavior).outcome(for: object) {
        case .failed: throw Refusal(status: 412, code: "Precondition Failed", message: "")
        case .notModified:
            response.status = 304
            return response
        case .holds: break
        }
        response.set(object.body, 0..<object.length)
        // As HTTP has it: a range that isn't valid is ignored.
        guard let header = request.header("range"), let range = try? RangeHeader(header) else { return response }
        guard let positions = try? range.positions(in: object.length) else {
            throw Refusal(
                status: 416, code: "Range Not Satisfiable", message: "",
                headers: [("Content-Range", "bytes */\(object.length)")])
        }
        response.status = 206
        response.set("Content-Range", "bytes \(positions.lowerBound)-\(positions.upperBound - 1)/\(object.length)")
        response.set(object.body, positions)
        return response
    }

    /// Returns whether a request has a valid token, if the origin needs one.
    private func isAllowed(_ request: EmulatorRequest) -> Bool {
        guard let rule, let signer else { return true }
        let start = "\(rule.parameter)="
        guard let parameter = request.rawQuery?.split(separator: "&").last, parameter.hasPrefix(start) else {
            return false
        }
        let path = request.rawPath.utf8
        let message = String(Substring(path.prefix(rule.directoryLength ?? path.count)))
        return signer.isValid(
            String(parameter.dropFirst(start.count)), for: message, timeToLive: rule.timeToLive, at: store.clock.now)
    }

    /// Returns the page of an error.
    ///
    /// R2 (documented): HTML. Unsettled: its text.
    private static func page(_ refusal: Refusal) -> EmulatorResponse {
        let title = "\(refusal.status) \(refusal.code)"
        let html =
            "<!DOCTYPE html><html><head><title>\(title)</title></head><body><h1>\(title)</h1>"
            + "<p>\(refusal.message)</p></body></html>"
        return EmulatorResponse(
            status: refusal.status, headers: [("Content-Type", "text/html; charset=utf-8")] + refusal.headers,
            body: .bytes(Array(html.utf8)))
    }
}
#endif
