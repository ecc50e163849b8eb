#if Storage && os(Linux)
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A server for one connection that has a small receive buffer and reads only what a test asks for.
final class SlowReader: Sendable {
    struct Failure: Error {
        let step: String
        let number: Int32
    }

    let port: Int
    private let listener: Int32
    private let connection = Mutex<Int32>(-1)

    init() throws {
        #if canImport(Glibc)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var size: Int32 = 65_536
        setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let status = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) | listen(descriptor, 1) | getsockname(descriptor, address, &length)
            }
        }
        guard status == 0 else { throw Failure(step: "listen", number: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Accepts the connection, and reads the head of a request.
    func readHead() async throws {
        try await NIOThreadPool.singleton.runIfActive {
            let accepted = accept(self.listener, nil, nil)
            guard accepted >= 0 else { throw Failure(step: "accept", number: errno) }
            self.connection.withLock { $0 = accepted }
            var head: [UInt8] = []
            while !head.reversed().starts(with: "\n\r\n\r".utf8) {
                var byte: UInt8 = 0
                guard recv(accepted, &byte, 1, 0) == 1 else { throw Failure(step: "recv", number: errno) }
                head.append(byte)
            }
        }
    }

    /// Reads as many bytes.
    func read(_ count: Int) async throws {
        let descriptor = connection.withLock { $0 }
        try await NIOThreadPool.singleton.runIfActive {
            var bytes = [UInt8](repeating: 0, count: count)
            guard recv(descriptor, &bytes, count, Int32(MSG_WAITALL)) == count else {
                throw Failure(step: "recv", number: errno)
            }
        }
    }

    func respond(_ text: String) {
        let descriptor = connection.withLock { $0 }
        var bytes = [UInt8](text.utf8)
        _ = send(descriptor, &bytes, bytes.count, 0)
    }

    func stop() {
        close(listener)
        let descriptor = connection.withLock { $0 }
        if descriptor >= 0 { close(descriptor) }
    }
}
#endif
