// Notes every request that the page makes, from before its first line runs.
(() => {
  const { fetch } = window;
  const requests = [];
  Object.defineProperty(window, "e2eRequests", { value: requests });
  window.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href);
    const method = init?.method ?? (input instanceof Request ? input.method : "GET");
    const request = { method, path: url.pathname, params: [...url.searchParams], state: "open" };
    requests.push(request);
    try {
      const response = await fetch(input, init);
      request.state = response.ok ? "answered" : "refused";
      return response;
    } catch (error) {
      request.state = "broken";
      throw error;
    }
  };
})();
