#if Storage
import Logging
import NIOCore
import R2Kit
@testable import R2Storage
import Synchronization
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A server, a proxy that injects faults, and clients on both sides of the proxy.
struct FaultWorld: Sendable {
    let seed: UInt64
    /// The prefix of the keys in a run.
    let prefix: String
    /// A client that is connected directly to the server.
    let direct: R2Client
    /// The configuration of clients behind the proxy.
    let config: R2Config
    let plan: FaultPlan
    let log: ProxyLog
    /// The creations that impatient clients stopped waiting for.
    let timedOutCreations: TimedOutCreations
    /// Random bytes that contents are taken from.
    let material: ByteBuffer
    /// The directory for files.
    let folder: URL

    /// Runs a body in its own world.
    static func run<Result: Sendable>(
        seed: UInt64, config: R2Config, resetsServer: Bool = false,
        _ body: @Sendable (FaultWorld) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let prefix = "faults-\(UUID().uuidString)/"
        let plan = FaultPlan(seed: seed, prefix: prefix) { name in
            // Some transfers have more faults than others.
            var generator = SeededGenerator(seed: seed, "weather \(name)")
            return generator.pick([0.05, 0.15, 0.3, 0.6, 0.9])
        }
        guard let upstream = config.endpoint.port else {
            throw R2Error(.invalidResponse, "Invalid endpoint: expected a port.")
        }
        return try await FaultProxy.run(to: upstream, resetsServer: resetsServer, faults: { plan.fault(for: $0) }) {
            proxy in
            let world = FaultWorld(
                seed: seed, prefix: prefix, direct: R2Client(config, configuration: .patient),
                config: try config.through(proxy.port),
                plan: plan, log: proxy.log, timedOutCreations: TimedOutCreations(),
                material: RandomBytes.buffer(24 * 1024 * 1024, seed: seed), folder: folder)
            return try await body(world)
        }
    }

    /// Returns a client behind the proxy with timeouts of milliseconds instead of minutes.
    func impatientClient(_ connections: OwnConnections) -> R2Client {
        let retry = RetryPolicy(
            maximumAttempts: 4, baseDelay: .milliseconds(2), maximumDelay: .milliseconds(20), budget: 1_000_000)
        let live = ClientEnvironment.live
        let environment = ClientEnvironment(
            now: live.now, elapsed: live.elapsed, sleep: live.sleep, random: live.random,
            pause: { try await Task.sleep(for: min($0, .milliseconds(20))) })
        return R2Client(
            config, httpClient: connections.httpClient, logger: Logger(label: "faults") { _ in timedOutCreations },
            configuration: R2ClientConfiguration(
                retry: retry, stallTimeout: .milliseconds(800), completionTimeout: .seconds(3)),
            environment: environment)
    }

    /// Returns a client behind the proxy with long timeouts, for a busy server.
    func patientClient(_ connections: OwnConnections) -> R2Client {
        R2Client(config, httpClient: connections.httpClient, configuration: .patient)
    }

    /// Returns a number of bytes from a random position in the material.
    func content(_ count: Int, _ generator: inout SeededGenerator) -> ByteBuffer {
        let start = Int.random(in: 0...(material.readableBytes - count), using: &generator)
        return material.getSlice(at: start, length: count) ?? ByteBuffer()
    }

    /// Returns the server's object with a key, or `nil`.
    func stored(_ key: ObjectKey) async throws -> ByteBuffer? {
        do {
            return try await direct.get(key).collect(upTo: .max)
        } catch let error as R2Error where error.isNotFound {
            return nil
        }
    }

    /// Returns the unfinished uploads of a key.
    func openUploads(_ key: ObjectKey) async throws -> [UploadID] {
        var found: [UploadID] = []
        for try await upload in direct.listMultipartUploads(prefix: key.rawValue) where upload.key == key {
            found.append(upload.uploadID)
        }
        return found
    }
}

extension R2Config {
    /// Returns the configuration with another local port.
    func through(_ port: Int) throws -> R2Config {
        try R2Config(
            endpoint: R2Endpoint("http://127.0.0.1:\(port)"), credentials: credentials, bucket: bucket, region: region,
            addressingStyle: addressingStyle)
    }
}
#endif
