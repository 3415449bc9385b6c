// The texts of system health, which only who may see it needs: they come with its bar and its page.
import en from 'virtual:messages/en';
import health from 'virtual:messages/en/health';

Object.assign(en, health);
