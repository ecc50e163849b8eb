import R2Kit
import Testing

/// Keys that not every server supports.
@Suite("Difficult keys", .againstServers)
struct DifficultKeyTests {
    @Test(.needs(.emptySegments, of: .emulator), arguments: KeySample.unchecked)
    func `R2Emulator: an unchecked key is signed as it is`(_ sample: KeySample) async throws {
        try await roundTrip(try ObjectKey(unchecked: sample.key), on: try await ServerKind.emulator.running())
    }

    @Test(.needs(.emptySegments, of: .swift), arguments: KeySample.unchecked)
    func `OpenStack Swift: an unchecked key is signed as it is`(_ sample: KeySample) async throws {
        try await roundTrip(try ObjectKey(unchecked: sample.key), on: try await ServerKind.swift.running())
    }

    @Test(.needs(.emptySegments, of: .seaweedFS), arguments: KeySample.unchecked)
    func `SeaweedFS: an unchecked key is signed as it is`(_ sample: KeySample) async throws {
        try await roundTrip(try ObjectKey(unchecked: sample.key), on: try await ServerKind.seaweedFS.running())
    }

    @Test(.needs(.backslashes, of: .emulator))
    func `R2Emulator: a backslash is kept`() async throws {
        try await roundTrip(try ObjectKey(KeySample.backslash.key), on: try await ServerKind.emulator.running())
    }

    @Test(.needs(.backslashes, of: .swift))
    func `OpenStack Swift: a backslash is kept`() async throws {
        try await roundTrip(try ObjectKey(KeySample.backslash.key), on: try await ServerKind.swift.running())
    }

    @Test(.needs(.backslashes, of: .seaweedFS))
    func `SeaweedFS: a backslash is kept`() async throws {
        try await roundTrip(try ObjectKey(KeySample.backslash.key), on: try await ServerKind.seaweedFS.running())
    }

    @Test(.needs(.longSegments, of: .emulator))
    func `R2Emulator: a segment can have 1024 bytes`() async throws {
        try await roundTrip(try ObjectKey(KeySample.longSegment.key), on: try await ServerKind.emulator.running())
    }

    @Test(.needs(.longSegments, of: .swift))
    func `OpenStack Swift: a segment can have 1024 bytes`() async throws {
        try await roundTrip(try ObjectKey(KeySample.longSegment.key), on: try await ServerKind.swift.running())
    }

    @Test(.needs(.longSegments, of: .seaweedFS))
    func `SeaweedFS: a segment can have 1024 bytes`() async throws {
        try await roundTrip(try ObjectKey(KeySample.longSegment.key), on: try await ServerKind.seaweedFS.running())
    }
}
