package conformance;

record Scenario(String name, Body body) {
  interface Body {
    void run(Place at) throws Exception;
  }
}
