#if Emulator
internal import Hummingbird
internal import NIOCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Responds to the requests of the S3 API, in R2's order of checks.
struct RequestHandler: Sendable {
    let authenticator: Authenticator
    let store: ObjectStore
    let settings: ServerSettings
    let faults: FaultPlan
    let log: R2Emulator.RequestLog
    let housekeeping: Housekeeping

    /// The maximum length of a target, in bytes.
    ///
    /// The emulator's own, as is the refusal.
    static let maximumTargetLength = 16_384

    /// Details that the log and the faults need, as far as they are known.
    private struct Trace {
        var operation: Operation?
        var address: RequestAddress?
        var fault: R2Emulator.Fault?
    }

    func respond(to incoming: Request, on channel: any Channel) async throws -> Response {
        let request = EmulatorRequest(incoming)
        // Outside of R2, and so outside of the log and the faults.
        if BrowserPage.isRequested(request, basePath: settings.basePath) {
            return try await BrowserPage(store: store, log: log).response.httpResponse()
        }
        let date = store.clock.now
        var trace = Trace()
        var refusal: Refusal?
        var response: EmulatorResponse
        do {
            response = try await perform(request, IncomingBody(incoming), at: date, &trace)
        } catch let error as Refusal {
            refusal = error
            response = error.response
        } catch is InjectedFault {
            writeLog(request, trace, status: 0, nil, at: date)
            channel.close(promise: nil)
            throw InjectedFault()
        } catch {
            // The disk's error, for example. Its text is for the log alone.
            var failure = Refusal.internalError
            failure.explanation = "\(error)"
            refusal = failure
            response = failure.response
        }
        addCORSHeaders(to: &response, for: request, trace.address?.bucket)
        if request.method == "HEAD" { response.removeBody() }
        writeLog(request, trace, status: response.status, refusal, at: date)

        switch trace.fault?.kind {
        case .delay(let duration)?: try await Task.sleep(for: duration)
        case .cutOff(let count)?: return try await response.httpResponse(cutAfter: count)
        case .loseResponse?:
            channel.close(promise: nil)
            throw InjectedFault()
        default: break
        }
        return try await response.httpResponse()
    }

    /// Checks a request and performs its operation.
    ///
    /// R2 (observed): a POST on a bucket without any signature, then the signature, then the bucket, then the route,
    /// then headers, then the operation.
    private func perform(
        _ request: EmulatorRequest, _ body: IncomingBody, at date: Date, _ trace: inout Trace
    ) async throws -> EmulatorResponse {
        guard request.target.utf8.count <= Self.maximumTargetLength else {
            throw Refusal(status: 414, code: "RequestURITooLong", message: "The request target is too long.")
        }
        guard let address = try RequestAddress.parse(request, basePath: settings.basePath) else {
            throw Refusal.routeNotFound
        }
        trace.address = address
        try await housekeeping.run()
        if request.method == "OPTIONS" { return try preflight(request, address, at: date) }
        let isSigned = Authenticator.isSigned(request)
        let isBucketPost = request.method == "POST" && address.bucket != nil && address.key == nil
        if isBucketPost, !isSigned, !request.hasParameter("delete") {
            throw Refusal.formNotImplemented
        }
        let route = Result { () throws(Refusal) in try Router.route(request, address, settings.behavior) }
        trace.operation = try? route.get()
        trace.fault = faults.take(operation: trace.operation, address: address)
        try applyEarly(trace.fault)

        let caller = try authenticator.authenticate(request, at: date)
        let context = try checked(route, request, body, address, caller)
        try await context.checkUnusedBody()
        return try await OperationRunner.run(context.prepared())
    }

    /// Checks permission, bucket, route and headers, in this order.
    private func checked(
        _ route: Result<Operation, Refusal>, _ request: EmulatorRequest, _ body: IncomingBody,
        _ address: RequestAddress, _ caller: Caller
    ) throws(Refusal) -> OperationContext {
        let bucket = address.bucket ?? ""
        let operation = try? route.get()
        if let operation { try operation.checkPermission(of: caller, request, address) }
        let createsBucket = operation == .createBucket || request.header("cf-create-bucket-if-missing") != nil
        if address.bucket != nil, !createsBucket, !store.hasBucket(bucket) { throw .noSuchBucket }
        let known = try route.get()
        try HeaderScreening.check(request, known, settings.behavior)
        // R2 (documented): no chunked transfer, and no body without a length.
        if known.storesBody { _ = try BodyCheck.length(of: request) }
        if let key = address.key, key.utf8.count > settings.limits.maximumKeyLength { throw .invalidObjectName }
        return OperationContext(
            operation: known, request: request, body: body, bucket: bucket, bucketIsInHost: address.bucketIsInHost,
            key: address.key ?? "", caller: caller, store: store, settings: settings)
    }

    private func applyEarly(_ fault: R2Emulator.Fault?) throws {
        switch fault?.kind {
        case .refuse(let refusal)?: throw refusal
        case .dropConnection?: throw InjectedFault()
        default: break
        }
    }

    private func writeLog(
        _ request: EmulatorRequest, _ trace: Trace, status: Int, _ refusal: Refusal?, at date: Date
    ) {
        log.append { number in
            R2Emulator.LoggedRequest(
                request, number: number, date: date, operation: trace.operation, address: trace.address,
                status: status, refusal: refusal, hadFault: trace.fault != nil)
        }
    }
}

extension OperationContext {
    /// Returns the context after the bucket was created, if the request asks for that.
    func prepared() async throws -> OperationContext {
        if request.header("cf-create-bucket-if-missing") != nil {
            try await createBucketIfRequested()
            guard store.hasBucket(bucket) || operation == .createBucket else { throw Refusal.noSuchBucket }
        }
        return self
    }
}
#endif
