package conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.io.File;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Runs every scenario against one address and prints one line of JSON for each: what it made, and whether its own checks held. */
public final class Main {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    Map<String, String> flags = flags(args);
    String nonce = flags.getOrDefault("nonce", "local");
    String queue = "java-" + nonce;
    WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(connection(flags));
    WorkflowClient client = WorkflowClient.newInstance(service);
    WorkerFactory factory = WorkerFactory.newInstance(client);
    // A cold JVM on a busy machine is no deadlock: without this, the first tasks fail now and then.
    WorkerOptions patient = WorkerOptions.newBuilder().setDefaultDeadlockDetectionTimeout(60_000).build();
    Worker worker = factory.newWorker(queue, patient);
    worker.registerWorkflowImplementationTypes(Workflows.IMPLEMENTATIONS);
    worker.registerActivitiesImplementations(new Activities.Body());
    factory.start();
    runAll(new Place.World(client, queue, nonce), chosen(flags.get("only")));
    factory.shutdownNow();
    factory.awaitTermination(5, TimeUnit.SECONDS);
    service.shutdownNow();
    System.exit(0);
  }

  private static Map<String, String> flags(String[] args) {
    Map<String, String> flags = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) flags.put(args[i].substring("--".length()), args[i + 1]);
    return flags;
  }

  private static WorkflowServiceStubsOptions connection(Map<String, String> flags) throws SSLException {
    WorkflowServiceStubsOptions.Builder options =
        WorkflowServiceStubsOptions.newBuilder().setTarget(flags.getOrDefault("address", "127.0.0.1:7233"));
    if (flags.containsKey("tls-ca")) options.setSslContext(tls(flags));
    return options.build();
  }

  private static SslContext tls(Map<String, String> flags) throws SSLException {
    var context = GrpcSslContexts.forClient().trustManager(new File(flags.get("tls-ca")));
    if (flags.containsKey("tls-cert")) context.keyManager(new File(flags.get("tls-cert")), new File(flags.get("tls-key")));
    return context.build();
  }

  private static List<Scenario> chosen(String only) {
    if (only == null) return Scenarios.ALL;
    List<String> names = List.of(only.split(","));
    return Scenarios.ALL.stream().filter(one -> names.contains(one.name())).toList();
  }

  /** Four scenarios at a time: most of them wait. */
  private static void runAll(Place.World world, List<Scenario> scenarios) throws InterruptedException {
    ExecutorService lanes = Executors.newFixedThreadPool(4);
    for (Scenario one : scenarios) lanes.submit(() -> print(runOne(world, one)));
    lanes.shutdown();
    lanes.awaitTermination(10, TimeUnit.MINUTES);
  }

  private static Map<String, Object> runOne(Place.World world, Scenario one) {
    Place at = new Place(world, one.name());
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("scenario", one.name());
    report.put("ok", true);
    try {
      one.body().run(at);
    } catch (Throwable problem) {
      report.put("ok", false);
      report.put("error", Place.chain(problem).toString());
    }
    report.put("executions", at.executions());
    report.put("observed", at.observed);
    return report;
  }

  private static void print(Map<String, Object> report) {
    try {
      System.out.println(JSON.writeValueAsString(report));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
