export { services, servicesWithSandbox } from './services.js';
