#if canImport(Glibc)
import Glibc
import TestSupport
import Testing

@Suite("Programs that tests start")
struct ProgramTests {
    @Test func `a program inherits no file or socket of the tests`() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var status = stat()
        try #require(fstat(ends[0], &status) == 0)
        let far = fcntl(ends[0], F_DUPFD, 1030)
        defer { close(far) }
        let files = try await RunningProgram.run("/bin/sh", ["-c", "ls -l /proc/$$/fd"], environment: [:])
        #expect(files.status == 0)
        #expect(files.output.contains(" 1 -> "))
        #expect(!files.output.contains("[\(status.st_ino)]"), "\(files.output)")
    }
}
#endif
