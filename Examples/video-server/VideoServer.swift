#if Emulator && Delivery && SQLite
import Foundation
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals

/// A server with a page on which people upload and watch videos.
@main
enum VideoServer {
    static func main() async {
        do {
            let settings = try Settings(environment: ProcessInfo.processInfo.environment)
            LoggingSystem.bootstrap { _ in JSONLog(logLevel: settings.logLevel) }
            let metrics = PrometheusRegistry()
            MetricsSystem.bootstrap(metrics)
            try await run(settings, metrics)
        } catch {
            Output.error("video-server: \(error)")
            exit(1)
        }
    }

    private static func run(_ settings: Settings, _ metrics: PrometheusRegistry) async throws {
        let backend = try await Backend(settings)
        let server = try WebServer(settings, backend, metrics)
        // A group shuts its services down in reverse order, so each stands before those that use it.
        var configuration = ServiceGroupConfiguration(
            services: backend.services + [server.application], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: settings.logger)
        // The last resort, if requests in progress don't end.
        configuration.maximumGracefulShutdownDuration = .seconds(30)
        configuration.maximumCancellationDuration = .seconds(10)
        let group = ServiceGroup(configuration: configuration)
        do {
            try await group.run()
        } catch {
            throw ListenFailure.problem(
                error, host: settings.host, port: settings.port, hostVariable: "HOST", portVariable: "PORT")
        }
    }
}
#else
@main
enum VideoServer {
    static func main() {
        print(
            """
            video-server requires the package traits Emulator, Delivery and SQLite:
                swift run --traits Emulator,Delivery,SQLite video-server
            """)
    }
}
#endif
