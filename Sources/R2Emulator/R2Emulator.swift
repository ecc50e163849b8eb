#if Emulator
public import R2Kit

/// R2 on this machine, for development and tests.
///
/// ```swift
/// let r2 = try await R2Emulator.start()
/// let upload = try R2Presigner(r2.config).presignUpload(to: key)
/// await r2.stop()
/// ```
///
/// It checks signatures and follows R2's own rules: a request that it accepts, R2 accepts, and a request that R2
/// refuses, it refuses with R2's status, code and message. Where no source settles what R2 does, ``Behavior`` states
/// the choice. It isn't meant for production: it has no TLS and no protection against overload.
///
/// Emulators are independent of each other. Start as many as you like, each on a free port of its own.
public final class R2Emulator: Sendable {
    /// The configuration of clients: the emulator's address, the first bucket, and the first access key.
    public let config: R2Config
    /// The clock, which tests can turn.
    ///
    /// Use ``advanceClock(by:)`` to have lifecycle rules applied at once.
    public let clock: Clock
    /// The latest requests.
    public let log: RequestLog
    /// The port that the emulator listens on.
    public let port: Int

    /// The URL of the public origin, without a slash at its end, or `nil` if there is none.
    public let publicURL: String?

    private let server: HTTPServer
    private let publicServer: HTTPServer?
    private let store: ObjectStore
    private let faults: FaultPlan
    private let events: EventDispatcher

    private init(
        config: R2Config, server: HTTPServer, publicServer: HTTPServer?, store: ObjectStore, faults: FaultPlan,
        log: RequestLog
    ) {
        self.config = config
        self.server = server
        self.publicServer = publicServer
        publicURL = publicServer.map { "http://\(config.endpoint.host):\($0.port)" }
        self.store = store
        self.faults = faults
        self.log = log
        clock = store.clock
        events = store.events
        port = server.port
    }

    /// The URL of the S3 API, without a slash at its end.
    public var url: String { config.endpoint.description }

    // MARK: Starting and stopping

    /// Starts an emulator.
    /// - Parameter options: The options. By default the emulator keeps objects in memory, listens on a free port of
    ///   this machine, and has one bucket and one access key.
    /// - Returns: The running emulator.
    /// - Throws: ``StartError`` if an option isn't valid. Other errors if the port is taken or the directory can't be
    ///   read.
    public static func start(_ options: Options = Options()) async throws -> R2Emulator {
        try options.check()
        let events = EventDispatcher(
            account: options.accountID, delivery: options.eventDelivery, handler: options.eventHandler)
        let store = try ObjectStore(
            backend: options.storage.makeBackend(), clock: Clock(), limits: options.limits,
            behavior: options.behavior, events: events)
        let keys = options.keys.isEmpty ? [Key.random()] : options.keys
        for bucket in options.buckets {
            try await store.createBucket(bucket, location: OperationContext.defaultLocation)
        }
        let faults = FaultPlan()
        let log = RequestLog(capacity: options.logCapacity)
        let authenticator = Authenticator(
            keys: keys.map(\.accessKey), settings: options.behavior.authentication)
        let handler = RequestHandler(
            authenticator: authenticator, store: store,
            settings: ServerSettings(
                limits: options.limits, behavior: options.behavior, accountID: options.accountID,
                basePath: options.basePath),
            faults: faults, log: log, housekeeping: Housekeeping(store))
        let connections = HTTPServer.Connections(
            respondsToExpect: options.respondsToExpect, idleTimeout: options.idleTimeout)
        let server = try await HTTPServer.start(
            host: options.host, port: options.port, connections, clock: store.clock
        ) { try await handler.respond(to: $0, on: $1) }
        do {
            let config = try options.config(port: server.port, key: keys[0])
            var publicServer: HTTPServer?
            if let origin = options.publicOrigin {
                let handler = try PublicOriginHandler(origin, store)
                publicServer = try await HTTPServer.start(
                    host: options.host, port: origin.port, connections, clock: store.clock
                ) { request, _ in try await handler.respond(to: request) }
            }
            return R2Emulator(
                config: config, server: server, publicServer: publicServer, store: store, faults: faults, log: log)
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Stops the emulator: closes all connections and frees the port.
    ///
    /// Requests in progress fail. Objects in memory are lost, and those in a directory stay.
    public func stop() async {
        await server.stop()
        await publicServer?.stop()
        store.backend.close()
    }

    /// Waits until the emulator has been stopped.
    public func waitUntilStopped() async { await server.waitUntilStopped() }

    // MARK: Time, trouble and events

    /// Turns the clock, aborts uploads that are too old, and applies lifecycle rules.
    /// - Parameter duration: The time to add.
    /// - Throws: An error if the storage fails.
    public func advanceClock(by duration: Duration) async throws {
        clock.advance(by: duration)
        try await store.doWhatIsDue()
    }

    /// Injects a fault into the next requests.
    ///
    /// Faults apply in the order in which they were added, one to a request.
    /// - Parameters:
    ///   - fault: The fault.
    ///   - count: The number of requests that it applies to.
    ///   - target: The requests that it applies to.
    public func inject(_ fault: Fault, count: Int = 1, into target: FaultTarget = .any) {
        faults.add(fault, count: count, target: target)
    }

    /// Removes the faults that haven't been applied.
    public func removeFaults() { faults.removeAll() }

    /// Delivers the event messages that were held back.
    public func releaseEvents() { events.release() }
}

/// Runs code with an emulator, and stops it afterwards.
///
/// ```swift
/// try await withR2Emulator { config in
///     let client = R2Client(config)
///     try await client.put(Array("video".utf8), to: ObjectKey("videos/1.mp4"))
///     #expect(try await client.exists(ObjectKey("videos/1.mp4")))
/// }
/// ```
/// - Parameters:
///   - options: The emulator's options.
///   - isolation: The actor that the code runs on.
///   - body: The code, which receives the configuration of clients.
/// - Returns: The result of the code.
/// - Throws: What ``R2Emulator/start(_:)`` or the code throws.
public func withR2Emulator<Value: Sendable>(
    _ options: R2Emulator.Options = .init(), isolation: isolated (any Actor)? = #isolation,
    _ body: (R2Config) async throws -> Value
) async throws -> Value {
    let emulator = try await R2Emulator.start(options)
    do {
        let value = try await body(emulator.config)
        await emulator.stop()
        return value
    } catch {
        await emulator.stop()
        throw error
    }
}
#endif
