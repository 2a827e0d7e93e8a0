import { mount } from 'svelte';
import AppWindow from './components/App.svelte';
import { App } from './lib/state/app.svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/forms.css';

const target = document.getElementById('app');
if (target !== null) {
  const app = new App();
  mount(AppWindow, { target, props: { app } });
  void app.start();
}
