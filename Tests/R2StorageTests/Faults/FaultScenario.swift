#if Storage
import NIOCore
import R2Kit
import R2Storage
import TestSupport

/// One of many transfers, and the rules for its outcome.
struct FaultScenario: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case smallUpload, fileUpload, bytesUpload, streamUpload, fileDownload, streamDownload, readDownload, get, copy
        case delete, list

        /// The percentage of transfers of this kind.
        var share: Int {
            switch self {
            case .smallUpload: 25
            case .fileUpload: 12
            case .bytesUpload: 4
            case .streamUpload: 10
            case .fileDownload: 13
            case .streamDownload, .readDownload: 6
            case .get, .list: 6
            case .copy: 5
            case .delete: 7
            }
        }
    }

    /// The outcome of a transfer.
    struct Report: Sendable {
        let kind: Kind
        var failure: String?
        /// The violated rules.
        var violations: [String] = []
        /// The number of leftover uploads whose IDs were lost in transit.
        var unknownUploads = 0
        /// The maximum number of leftover uploads, including creations that arrive after the client stopped waiting.
        var uploadsThatMayBeLeft = 0
        var isResumed = false
    }

    let world: FaultWorld
    let number: Int
    let kind: Kind
    let key: ObjectKey
    /// A client with short timeouts, and one with default timeouts.
    let client: R2Client
    let patient: R2Client
    let connections = OwnConnections()
    let patientConnections = OwnConnections()
    var generator: SeededGenerator

    init(_ world: FaultWorld, _ number: Int) throws {
        self.world = world
        self.number = number
        key = try ObjectKey("\(world.prefix)\(number)")
        generator = SeededGenerator(seed: world.seed, "transfer \(number)")
        let kinds = Kind.allCases.flatMap { Array(repeating: $0, count: $0.share) }
        kind = generator.pick(kinds)
        client = world.impatientClient(connections)
        patient = world.patientClient(patientConnections)
    }

    /// Runs the transfer, and checks the outcome.
    func run() async -> Report {
        var scenario = self
        let report: Report
        do {
            report = try await scenario.outcome()
        } catch {
            report = Report(kind: kind, violations: ["transfer \(number), \(kind): an unexpected error: \(error)"])
        }
        // Whether they were closed before or not, nothing is left that a later test could wait for.
        try? await connections.drain(into: world.log)
        try? await patientConnections.drain(into: world.log)
        return report
    }

    private mutating func outcome() async throws -> Report {
        switch kind {
        case .smallUpload, .fileUpload, .bytesUpload, .streamUpload: return try await upload()
        case .fileDownload, .streamDownload, .readDownload: return try await download()
        case .get: return try await get()
        case .copy: return try await copy()
        case .delete: return try await delete()
        case .list: return try await list()
        }
    }

    func check(_ holds: Bool, _ rule: String, _ report: inout Report) {
        if !holds { report.violations.append("transfer \(number) (\(kind), \(key)): \(rule)") }
    }

    // MARK: Single requests

    /// A random size, with preference for small sizes and limits.
    mutating func smallCount() -> Int {
        generator.happens(0.15) ? generator.pick([0, 1, 2]) : Int.random(in: 3...300_000, using: &generator)
    }

    private mutating func get() async throws -> Report {
        var report = Report(kind: kind)
        let content = world.content(smallCount(), &generator)
        try await world.direct.put(content, to: key)
        do {
            let found = try await client.get(key).collect(upTo: content.readableBytes)
            check(found == content, "a successful get returns the object's bytes", &report)
        } catch let error as R2Error {
            report.failure = "\(error.code)"
        }
        return report
    }

    private mutating func copy() async throws -> Report {
        var report = Report(kind: kind)
        let source = try ObjectKey("\(key)-source")
        let content = world.content(smallCount(), &generator)
        try await world.direct.put(content, to: source)
        do {
            try await client.copy(CopySource(source), to: key)
        } catch let error as R2Error {
            report.failure = "\(error.code)"
        }
        try await connections.drain(into: world.log)
        let stored = try await world.stored(key)
        if report.failure == nil {
            check(stored == content, "a successful copy has the source's bytes", &report)
        } else {
            check(stored == nil || stored == content, "a failed copy leaves the whole object or none", &report)
        }
        return report
    }

    private mutating func delete() async throws -> Report {
        var report = Report(kind: kind)
        let content = world.content(smallCount(), &generator)
        try await world.direct.put(content, to: key)
        do {
            try await client.delete(key)
        } catch let error as R2Error {
            report.failure = "\(error.code)"
        }
        try await connections.drain(into: world.log)
        let stored = try await world.stored(key)
        if report.failure == nil {
            check(stored == nil, "a successful deletion leaves no object", &report)
        } else {
            check(stored == nil || stored == content, "a failed deletion leaves the whole object or none", &report)
        }
        return report
    }

    private mutating func list() async throws -> Report {
        var report = Report(kind: kind)
        let keys = try (0..<5).map { try ObjectKey("\(key)/\($0)") }
        for key in keys { try await world.direct.put(ByteBuffer(string: "x"), to: key) }
        do {
            var found: [ObjectKey] = []
            for try await object in client.list(prefix: "\(key)/", pageSize: 2) { found.append(object.key) }
            check(found == keys, "a successful list is complete: \(found)", &report)
        } catch let error as R2Error {
            report.failure = "\(error.code)"
        }
        return report
    }
}
#endif
