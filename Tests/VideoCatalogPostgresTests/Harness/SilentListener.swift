#if Postgres
import Foundation
import TestSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A listener on this machine that accepts connections and sends nothing, unless told to.
struct SilentListener {
    let port: Int
    private let socket: Int32

    init() throws {
        #if canImport(Darwin)
        let kind = SOCK_STREAM
        #else
        let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        #if canImport(Darwin)
        socket = Darwin.socket(AF_INET, kind, 0)
        #elseif canImport(Glibc)
        socket = Glibc.socket(AF_INET, kind, 0)
        #else
        socket = Musl.socket(AF_INET, kind, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = socket
        let status = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) | listen(descriptor, 8) | getsockname(descriptor, address, &length)
            }
        }
        guard status == 0 else { throw TestSupportError("cannot listen on 127.0.0.1") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Accepts one connection, reads its first bytes, sends a response, and closes it.
    ///
    /// - Parameters:
    ///   - bytes: The response.
    ///   - more: Bytes to send later, after a signal. Then it closes the connection when the client does.
    func respondOnce(_ bytes: [UInt8], later more: (bytes: [UInt8], signal: DispatchSemaphore)? = nil) {
        let listener = socket
        Thread.detachNewThread {
            let client = FileHandle(fileDescriptor: accept(listener, nil, nil), closeOnDealloc: true)
            _ = client.availableData
            try? client.write(contentsOf: Data(bytes))
            guard let more else { return }
            more.signal.wait()
            try? client.write(contentsOf: Data(more.bytes))
            _ = client.availableData
        }
    }

    func close() {
        #if canImport(Darwin)
        _ = Darwin.close(socket)
        #elseif canImport(Glibc)
        _ = Glibc.close(socket)
        #else
        _ = Musl.close(socket)
        #endif
    }
}
#endif
