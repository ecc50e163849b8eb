#if Emulator && Delivery && SQLite
import Foundation
import TestSupport

/// Videos that ffmpeg makes.
enum SampleFile {
    /// Makes a video of a few seconds.
    ///
    /// - Parameters:
    ///   - name: The filename.
    ///   - scratch: The directory.
    ///   - padding: The number of bytes that no player reads, to make the file larger.
    /// - Returns: The path of the file.
    /// - Throws: An error if ffmpeg fails.
    static func make(_ name: String, in scratch: Scratch, padding: Int = 0) async throws -> String {
        let path = scratch.path(name)
        let outcome = try await RunningProgram.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=4", "-f", "lavfi", "-i",
                "sine=frequency=440:duration=4", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac",
                "-movflags", "+faststart", path,
            ])
        guard outcome.status == 0 else { throw TestSupportError("ffmpeg failed: \(outcome.errors)") }
        if padding > 0 { try pad(path, by: padding) }
        return path
    }

    /// Makes a file larger with a box that is free space.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - padding: The number of bytes in the box, which no player reads.
    /// - Throws: An error if the file can't be written.
    static func pad(_ path: String, by padding: Int) throws {
        var box = Data()
        for shift in [24, 16, 8, 0] { box.append(UInt8(truncatingIfNeeded: (padding + 8) >> shift)) }
        box.append(Data("free".utf8))
        box.append(Data(count: padding))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: box)
    }
}
#endif
