package dev.freehold.workload;

class MemoryExchangesTest extends ExchangesContract {

  private final Exchanges exchanges = new MemoryExchanges();

  @Override
  protected Exchanges exchanges() {
    return exchanges;
  }
}
