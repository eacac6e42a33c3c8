// The registry by itself. The package's front door loads everything else it has too, which takes twenty times
// as long as all of this library.
declare module 'prom-client/lib/registry.js' {
  const Registry: new () => object;
  export default Registry;
}
