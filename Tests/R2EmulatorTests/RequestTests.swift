#if Emulator
import Testing

@testable import R2Emulator

@Suite struct RequestTests {
    @Test func `a target is kept byte for byte`() {
        let request = EmulatorRequest(method: "GET", target: "/b/a%2Fb//..?x=+%20&y", headers: [])
        #expect(request.rawPath == "/b/a%2Fb//..")
        #expect(request.rawQuery == "x=+%20&y")
        #expect(request.query.map(\.value) == ["  ", ""])
    }
}
#endif
