#if Storage
import Logging
import NIOCore
import R2Kit
import R2Storage
import Synchronization
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A server, a proxy that breaks what passes it, and a client on either side of the proxy.
struct FaultWorld: Sendable {
    let seed: UInt64
    /// Where the objects of a run are.
    let prefix: String
    /// Talks to the server itself.
    let direct: R2Client
    /// Talks to it through the proxy, and soon gives up.
    let client: R2Client
    /// Talks to it through the proxy with the patience of the defaults: a busy server is no fault.
    let patient: R2Client
    let plan: FaultPlan
    let log: ProxyLog
    /// What `client` stopped waiting for.
    let unheardCreations: UnheardCreations
    /// Random bytes, of which contents are cut.
    let material: ByteBuffer
    /// Where files are.
    let folder: URL

    /// Runs something in a world of its own.
    static func run<Result: Sendable>(
        seed: UInt64, config: R2Config, _ body: @Sendable (FaultWorld) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let prefix = "faults-\(UUID().uuidString)/"
        let plan = FaultPlan(seed: seed, prefix: prefix) { name in
            // Some transfers are in worse weather than others.
            var generator = SeededGenerator(seed: seed, "weather \(name)")
            return generator.pick([0.05, 0.15, 0.3, 0.6, 0.9])
        }
        guard let upstream = config.endpoint.port else { throw R2Error(.invalidResponse, "the endpoint has no port") }
        return try await FaultProxy.run(to: upstream, faults: { plan.fault(for: $0) }) { proxy in
            let unheardCreations = UnheardCreations()
            let world = FaultWorld(
                seed: seed, prefix: prefix, direct: R2Client(config),
                client: try impatientClient(
                    config.through(proxy.port), Logger(label: "faults") { _ in unheardCreations }),
                patient: R2Client(try config.through(proxy.port)), plan: plan, log: proxy.log,
                unheardCreations: unheardCreations, material: RandomBytes.buffer(24 * 1024 * 1024, seed: seed),
                folder: folder)
            return try await body(world)
        }
    }

    /// A client whose patience fits a test: what would take minutes takes milliseconds.
    private static func impatientClient(_ config: R2Config, _ logger: Logger) throws -> R2Client {
        let retry = RetryPolicy(
            maximumAttempts: 4, baseDelay: .milliseconds(2), maximumDelay: .milliseconds(20), budget: 1_000_000)
        let live = Surroundings.live
        let surroundings = Surroundings(
            now: live.now, elapsed: live.elapsed, sleep: live.sleep, random: live.random,
            pause: { try await Task.sleep(for: min($0, .milliseconds(20))) })
        return R2Client(
            config, httpClient: .r2, logger: logger,
            configuration: R2ClientConfiguration(
                retry: retry, stallTimeout: .milliseconds(800), completionTimeout: .seconds(3)),
            surroundings: surroundings)
    }

    /// Bytes of this number, from a place in the material.
    func content(_ count: Int, _ generator: inout SeededGenerator) -> ByteBuffer {
        let start = Int.random(in: 0...(material.readableBytes - count), using: &generator)
        return material.getSlice(at: start, length: count) ?? ByteBuffer()
    }

    /// What the server has under a key; `nil` if nothing.
    func stored(_ key: ObjectKey) async throws -> ByteBuffer? {
        do {
            return try await direct.get(key).collect(upTo: .max)
        } catch let error as R2Error where error.isNotFound {
            return nil
        }
    }

    /// The uploads of a key that are neither completed nor aborted.
    func openUploads(_ key: ObjectKey) async throws -> [UploadID] {
        var found: [UploadID] = []
        for try await upload in direct.listMultipartUploads(prefix: key.rawValue) where upload.key == key {
            found.append(upload.uploadID)
        }
        return found
    }
}

extension R2Config {
    /// The same, at another port of this machine.
    func through(_ port: Int) throws -> R2Config {
        try R2Config(
            endpoint: R2Endpoint("http://127.0.0.1:\(port)"), credentials: credentials, bucket: bucket, region: region,
            addressingStyle: addressingStyle)
    }
}
#endif
