import Foundation

/// The program chromedriver, which controls Chromium.
package enum ChromeDriver {
    /// A Boolean value that indicates whether the environment requests tests in a browser.
    ///
    /// If it does, a browser that can't be started is a failure.
    package static var isRequested: Bool { ProcessInfo.processInfo.environment["R2KIT_BROWSER"] == "1" }

    /// Starts chromedriver, runs a body with its port and an empty directory for a profile, and stops it.
    package static func with(_ body: (_ port: Int, _ profile: String) async throws -> Void) async throws {
        let profile = try Scratch()
        let (driver, port) = try await start()
        do {
            try await body(port, profile.directory.path)
        } catch {
            driver.send(signal: SIGTERM)
            throw error
        }
        driver.send(signal: SIGTERM)
        _ = try await driver.outcome()
    }

    /// Starts the program, and returns its port.
    ///
    /// It takes a free port for IPv6, and ends if the same port isn't free for IPv4. Then another one is chosen.
    private static func start() async throws -> (RunningProgram, port: Int) {
        var said = ""
        for _ in 0..<20 {
            // A thread of the tests can block signals, without which Chromium ends.
            #if os(Linux)
            let driver = try RunningProgram("env", ["--default-signal", "chromedriver", "--port=0"])
            #else
            let driver = try RunningProgram("chromedriver", ["--port=0"])
            #endif
            if let port = try await port(of: driver) { return (driver, port) }
            said = driver.said
            guard said.contains("port not available") else { break }
        }
        throw TestSupportError("chromedriver doesn't run: \(said)")
    }

    /// Waits until the program prints the port that it chose, and returns `nil` if it ends before.
    private static func port(of driver: RunningProgram) async throws -> Int? {
        while true {
            let isRunning = driver.isRunning
            if let port = driver.said.firstMatch(of: /started successfully on port (\d+)/).flatMap({ Int($0.1) }) {
                return port
            }
            guard isRunning else { return nil }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The arguments of a Chromium without a window that talks to this machine only.
    package static func arguments(profile: String) -> [String] {
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server",
            "--no-first-run", "--user-data-dir=\(profile)",
        ]
    }
}
