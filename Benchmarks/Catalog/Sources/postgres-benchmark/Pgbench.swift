import Foundation
import VideoCatalog
import VideoCatalogPostgres

/// PostgreSQL's own benchmark, running the repository's statement.
struct Pgbench {
    private let program: String
    private let url: String
    private let script: String
    private let id: String

    init(url: String, bin: String?, catalog: SampleCatalog) throws {
        program = bin.map { $0 + "/pgbench" } ?? "pgbench"
        self.url = url
        id = catalog.video.id.description
        script = FileManager.default.temporaryDirectory.appendingPathComponent("select-\(UUID().uuidString).sql").path
        // All columns that the repository reads.
        let columns = """
            id, title, description, object_key, session_id, uploaded_by, content_type, byte_size, etag, duration, width,
            height, frame_rate, thumbnail_key, tags, metadata, renditions, visibility, external_id, state,
            failure_reason, version, created_at, updated_at, upload_expires_at, uploaded_at, ready_at, delete_after,
            deleted_at, purge_started_at, upload_key, upload_id, upload_part_size, upload_byte_size,
            upload_content_type, replaced_keys
            """.replacingOccurrences(of: "\n", with: " ")
        try "SELECT \(columns) FROM \"\(catalog.schema.name)\".videos WHERE id = :id;\n"
            .write(toFile: script, atomically: true, encoding: .utf8)
    }

    /// Measures reads, without the time to connect.
    ///
    /// It takes a number of reads and not a time, because the alarm that would end it may be blocked in a child
    /// process.
    func measure(connections: Int, threads: Int, reads: Int) throws -> Measurement {
        let reads = max(1, reads / connections)
        let processorTime = ProcessorTime.children
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                program, "-n", "-M", "prepared", "-f", script, "-D", "id=\(id)", "-c", "\(connections)", "-j",
                "\(threads)", "-t", "\(reads)", url,
            ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("tps = ") }),
            let rate = line.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) })
        else { throw Failure("pgbench printed no rate: install it, and add it to PATH or set R2KIT_POSTGRES_BIN.") }
        return Measurement(
            rate: rate,
            processorMicroseconds: (ProcessorTime.children - processorTime) / Double(reads * connections))
    }

    func remove() { try? FileManager.default.removeItem(atPath: script) }
}
